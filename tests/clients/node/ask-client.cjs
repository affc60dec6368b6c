// Asks a client what a test wants to know: one question a line, ["profile", "o123"], and one answer a line.
const readline = require("node:readline");

const client = require(`./${process.argv[2]}.cjs`);
console.debug = console.error; // the answers have standard output to themselves

async function answer(line) {
  const [name, ...given] = JSON.parse(line);
  try {
    return { answer: (await client[name](...given)) ?? null };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
});
