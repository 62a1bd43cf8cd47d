"use strict";
// Starts the Python program: CLICKUP_SANDBOX_COMMAND, else `clickup-sandbox` on the PATH, else the
// module of python3, else `uvx` or `pipx run`, which install it for this run.

const { spawn, spawnSync } = require("node:child_process");

const CANDIDATES = [
  ["clickup-sandbox"],
  ["python3", "-m", "clickup_sandbox"],
  ["python", "-m", "clickup_sandbox"],
  ["uvx", "clickup-sandbox"],
  ["pipx", "run", "clickup-sandbox"],
];

function works([program, ...first]) {
  return spawnSync(program, [...first, "--help"], { stdio: "ignore" }).status === 0;
}

/** The command that starts the sandbox, as a list; throws if there is none. */
function findCommand() {
  const chosen = process.env.CLICKUP_SANDBOX_COMMAND;
  const command = chosen ? chosen.split(" ") : CANDIDATES.find(works);
  if (!command) {
    throw new Error("clickup-sandbox needs Python 3.11: pip install clickup-sandbox, or install uv");
  }
  return command;
}

/** Starts the program with these options; `stdio` is that of `child_process.spawn`. */
function launch(options, stdio) {
  const [program, ...first] = findCommand();
  return spawn(program, [...first, ...options], { stdio });
}

/**
 * Starts a sandbox on a free port. Resolves to its `url`, `token` and `workspace_id`, and `stop()`,
 * which resolves to the exit code, also if the sandbox has ended already.
 *
 *     const sandbox = await start(["--seed", "demo"]);
 */
function start(options = []) {
  const child = launch(["--port", "0", "--json", ...options], ["ignore", "pipe", "inherit"]);
  const ended = new Promise((end) => child.once("exit", end));
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`clickup-sandbox ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      child.stdout.removeAllListeners("data");
      const stop = () => {
        child.kill("SIGINT");
        return ended;
      };
      resolve({ ...JSON.parse(text), stop });
    });
  });
}

module.exports = { findCommand, launch, start };
