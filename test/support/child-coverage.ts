// Vitest measures its own process by itself. What it spawns (programs and worker threads) writes its coverage to this
// folder, and scripts/test.ts adds it up. The variable is set this late so that Vitest's process does not write too.
const folder = process.env.CHILD_V8_COVERAGE;
if (folder !== undefined) process.env.NODE_V8_COVERAGE = folder;
