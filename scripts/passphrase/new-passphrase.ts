import { randomBytes } from "node:crypto";

/** Characters of a passphrase. Below this it could be guessed, slow hash or not. */
export const shortestPassphrase = 16;

/** 100 bits, in letters and digits that are not taken for one another. */
export function newPassphrase(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const letters = [...randomBytes(20)].map((byte) => alphabet[byte % 32]).join("");
  return letters.replaceAll(/.{5}(?=.)/g, "$&-");
}
