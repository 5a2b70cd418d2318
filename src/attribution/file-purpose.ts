/** What a file is for, by its path alone. */
export type FilePurpose = "product" | "test" | "docs" | "dependency" | "operations";

const tests =
  /(^|\/)(tests?|__tests__|spec|specs|testing|testdata|fixtures|e2e|cypress)\/|(^|\/)(test_[^/]*|conftest)\.py$|[._-](test|tests|spec)\.[a-z0-9]+$|_test\.[a-z]+$|Tests?\.(java|kt|cs|php|scala|swift)$|_spec\.rb$/;
const docs =
  /(^|\/)(docs?|documentation|man)\/|\.(md|mdx|markdown|rst|adoc|txt|tex|pod|[1-8])$|(^|\/)(readme|changelog|changes|news|authors|license|licence|copying|contributing|todo|history)(\.[a-z]+)?$/i;
const dependencies =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|go\.(mod|sum)|cargo\.(toml|lock)|requirements[^/]*\.txt|pipfile(\.lock)?|poetry\.lock|uv\.lock|gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|packages\.config|mix\.(exs|lock))$/i;
const operations =
  /(^|\/)(\.github|\.gitlab|\.circleci|\.buildkite|\.azure-pipelines|ci|terraform|helm|k8s|kubernetes|deploy|deployment|ansible)\/|(^|\/)(\.travis\.yml|appveyor\.yml|azure-pipelines\.yml|\.gitlab-ci\.yml|jenkinsfile|dockerfile[^/]*|docker-compose[^/]*|makefile|\.[a-z]+rc(\.[a-z]+)?|\.editorconfig|\.gitignore|\.gitattributes|\.pre-commit-config\.yaml)$|\.tf$/i;

/** In order of the most telling: a test in a folder of docs is a test; `requirements.txt` is no prose. */
export function filePurpose(path: string): FilePurpose {
  if (tests.test(path)) return "test";
  if (dependencies.test(path)) return "dependency";
  if (operations.test(path)) return "operations";
  return docs.test(path) ? "docs" : "product";
}
