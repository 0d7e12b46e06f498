// Mocha's spec reporter, closed by the plain line that scripts look for.
const { reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      this.beforeTotal();
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
    });
  }

  /** What to print between the failures and the closing line. */
  beforeTotal() {}
};
