// Answers one JSON line for each JSON line: {"expression", "contexts", "status"} -> {"value"} or {"error"}.
// The expressions are GitHub's own; only the functions that tell how the job stands are the runner's, so they are here.
import { createInterface } from "node:readline";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { reviver } from "@actions/expressions/data/reviver";
import { replacer } from "@actions/expressions/data/replacer";

const truth = (value) => new data.BooleanData(value);

function statusFunctions(status) {
  const says = {
    always: () => truth(true),
    success: () => truth(status === "success"),
    failure: () => truth(status === "failure"),
    cancelled: () => truth(status === "cancelled"),
  };
  return new Map(
    Object.entries(says).map(([name, call]) => [name, { name, minArgs: 0, maxArgs: 0, call }]),
  );
}

function answer({ expression, contexts, status }) {
  const functions = statusFunctions(status);
  const dictionary = JSON.parse(JSON.stringify(contexts), reviver);
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), [...functions.values()]).parse();
  const found = new Evaluator(tree, dictionary, functions).evaluate();
  return { value: JSON.parse(JSON.stringify(found, replacer)), text: found.coerceString() };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = answer(JSON.parse(line));
  } catch (error) {
    said = { error: String(error?.message ?? error) };
  }
  process.stdout.write(JSON.stringify(said) + "\n");
}
