/**
 * The node test helper brings in should.js, which puts a property `should` on every object. npm `sentiment`, an oracle of
 * ours, looks words up in plain objects and then takes "should" for a negation. No test of ours uses it.
 */
export const mochaHooks = {
  beforeAll(): void {
    Reflect.deleteProperty(Object.prototype, 'should');
  },
};
