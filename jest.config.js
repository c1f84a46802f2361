/** Tests run the TypeScript sources as ES modules; those that spawn the command line run dist/, which script/test builds first. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
  testEnvironment: 'node',
  testTimeout: 120_000, // a busy computer is no failure
};
