// The project's reporter, with a count of each server before that of all.
const { relative, resolve, sep } = require('node:path');
const Reporter = require('./reporter.cjs');

const tests = resolve('dist/test/services');

module.exports = class extends Reporter {
  #counts = new Map();

  constructor(runner, options) {
    super(runner, options);
    runner.on('pass', (test) => this.#count(test, 'passed'));
    runner.on('fail', (test) => this.#count(test, 'failed'));
    runner.on('pending', (test) => this.#count(test, 'skipped'));
  }

  #count({ file = tests }, kind) {
    const [name] = relative(tests, file).split(sep);
    const counts = this.#counts.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
    counts[kind]++;
    this.#counts.set(name, counts);
  }

  beforeTotal() {
    for (const [name, reason] of JSON.parse(process.env.PULSEFLOW_UNTESTED ?? '[]'))
      console.log(`  ${name.padEnd(14)} could not be tested: ${reason}`);
    for (const [name, { passed, failed, skipped }] of this.#counts)
      console.log(
        `  ${name.padEnd(14)} ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
      );
  }
};
