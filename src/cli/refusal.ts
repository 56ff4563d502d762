/** A command that cannot do what was asked: `message` is one sentence that says what to do instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
