/** A refusal of the configuration: `message` is what the terminal shows, one sentence that says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
