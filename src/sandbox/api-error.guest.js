// What a call throws. Never carries more than what the host said of it.

/** A call that was refused or got no answer. An answer with an error status is not one: look at `ok`. */
export class ApiError extends Error {
  constructor({ kind, message }) {
    super(message);
    this.name = "ApiError";
    this.kind = kind;
  }
}
