/** A refusal as the engine words it, where its advice is for Python alone. */
export class Refusal extends Error {
  /** what helps on the page, a sentence without its full stop */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
