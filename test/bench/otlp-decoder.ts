/** A receiver of OTLP that only decodes: what any receiver does at least. node otlp-decoder.js; prints its port as JSON. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readProtobuf } from "../../src/sources/otlp/wire.ts";

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    readProtobuf("logs", Buffer.concat(parts), () => true);
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
