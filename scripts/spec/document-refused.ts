/** Something in the document that was left out, mended or doubtful. */
export interface Finding {
  /** A JSON pointer into the document, or a file and line. */
  place: string;
  message: string;
}

/** A document that must not or cannot be built: what is wrong, where, and what to do next. */
export class DocumentRefused extends Error {
  override name = "DocumentRefused";
  readonly place: string;
  readonly reason: string;

  constructor(place: string, reason: string, next?: string) {
    super(next === undefined ? `${place}: ${reason}` : `${place}: ${reason} ${next}`);
    this.place = place;
    this.reason = reason;
  }
}
