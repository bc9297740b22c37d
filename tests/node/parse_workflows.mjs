// Reads workflows, and files called action.yml, with GitHub's own parser; prints one line of JSON for each error.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { convertActionTemplate, parseAction } from "@actions/workflow-parser/actions/index";

async function errorsOf(name) {
  const file = { name, content: readFileSync(name, "utf8") };
  const isAction = basename(name) === "action.yml";
  const read = (isAction ? parseAction : parseWorkflow)(file, new NoOperationTraceWriter());
  if (read.value) await (isAction ? convertActionTemplate : convertWorkflowTemplate)(read.context, read.value);
  return read.context.errors.getErrors();
}

for (const name of process.argv.slice(2)) {
  for (const error of await errorsOf(name)) console.log(JSON.stringify({ file: name, error: error.message }));
}
