// Calls custom functions in Pyodide: node pyodide.mjs PYODIDE ARCHIVE LANGUAGE < calls.json > answers.json
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, archive, language] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: folder });
// Node is no browser: it has no language, or not this one.
Object.defineProperty(globalThis, "navigator", { value: { language }, configurable: true });
python.unpackArchive(new Uint8Array(fs.readFileSync(archive)), "zip", { extractDir: "/packages" });
python.runPython(`
import json, sys, warnings
warnings.simplefilter("error")
sys.path.insert(0, "/packages")
import runtime
runtime.install()
before = set(sys.modules)
main = runtime.run_main("from xlclv.hosts.lite import *")
def ask(name, arguments):
    return runtime.answered(main, name, arguments)
def about():
    return json.dumps({"registered": runtime.registered(main), "modules": sorted(set(sys.modules) - before)})
`);
const ask = python.globals.get("ask");
const calls = JSON.parse(fs.readFileSync(0, "utf-8"));
const answers = calls.map(([name, cells]) => JSON.parse(ask(name, python.toPy(cells))));
const about = JSON.parse(python.globals.get("about")());
process.stdout.write(JSON.stringify({ answers, about, platform: python.runPython("sys.platform") }));
