import type { Stored, StoredColumn } from "../contract/api.ts";
import { type DatabaseName, columnsAboutNobody, columnsAboutPeople } from "../store/stored-columns.ts";

const never = [
  "The text of prompts and answers is not stored.",
  "The text of code and the contents of files are not stored: lines are kept as fingerprints keyed by a secret of this store.",
  "No score, rank or rating of a person exists.",
] as const;

/** Everything stored that tells something of a person, with what it is kept for. */
export function storedColumns(): Stored {
  const databases = Object.keys(columnsAboutPeople) as DatabaseName[];
  const columns = databases.flatMap((database) =>
    Object.entries(columnsAboutPeople[database]).flatMap(([table, own]) =>
      Object.entries(own).map(([column, why]): StoredColumn => ({ database, table, column, why })),
    ),
  );
  const others = databases.flatMap((database) => Object.values(columnsAboutNobody[database]).flatMap((names) => names.split(" ")));
  return { never: [...never], columns, columnsAboutNobody: others.length };
}
