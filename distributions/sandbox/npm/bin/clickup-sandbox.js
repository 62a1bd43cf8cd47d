#!/usr/bin/env node
"use strict";

const { launch } = require("../index.js");

try {
  const child = launch(process.argv.slice(2), "inherit");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill("SIGINT"));
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (problem) {
  console.error(problem.message);
  process.exit(1);
}
