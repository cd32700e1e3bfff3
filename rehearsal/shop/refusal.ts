/** A request that the shop understands and turns down; shown to the visitor with its HTTP status. */
export class Refusal extends Error {
  /**
   * @param status HTTP status
   * @param code a word that a program can act on, stable
   * @param message for a person
   */
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 502,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}
