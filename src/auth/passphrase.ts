// The owner's passphrase, slow-hashed. Never stored, and never compared in a way that tells how near a guess was.

/** What one deriveBits may do in workerd. Several in a row, each from the last one's bits, make up what OWASP asks for. */
const iterationsPerRound = 100_000;
const rounds = 6;

const format = /^pbkdf2-sha256\.6x100000\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export function isPassphraseHash(text: string): boolean {
  return format.test(text);
}

export async function hashPassphrase(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<string> {
  const bits = await derive(passphrase, salt);
  return `pbkdf2-sha256.${rounds}x${iterationsPerRound}.${encode(salt)}.${encode(bits)}`;
}

export async function isPassphrase(guess: string, hash: string): Promise<boolean> {
  const [, salt, expected] = format.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const wanted = decode(expected);
  const bits = await derive(guess, decode(salt));
  let difference = bits.length ^ wanted.length;
  for (const [position, byte] of bits.entries()) difference |= byte ^ (wanted[position] ?? 0);
  return difference === 0;
}

async function derive(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  // The same letters typed on two systems may come in two Unicode forms.
  let bits = new Uint8Array(new TextEncoder().encode(passphrase.normalize("NFKC")));
  for (let round = 0; round < rounds; round += 1) {
    const key = await crypto.subtle.importKey("raw", bits, "PBKDF2", false, ["deriveBits"]);
    bits = new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: "PBKDF2", hash: "SHA-256", salt, iterations: iterationsPerRound },
        key,
        256,
      ),
    );
  }
  return bits;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );
}
