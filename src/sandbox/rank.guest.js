// Ranks operations for a query: BM25 over weighted fields, lifted by how much of the operation's own name the query
// covers and by the verb it asks for. Reads the inverted index scripts/spec/find-index.ts wrote; builds nothing ahead.
//
// Layout, little endian: u32 terms, u32 operations, u32 postings, u32 bytes of the vocabulary,
// f32 × operations (idf of all words of its summary), f32 × operations (of its operationId), u32 × (terms + 1) (where each term's postings begin),
// u32 × postings (operation << 12 | in summary << 11 | in operationId << 10 | saturated weight, of 1023), vocabulary (UTF-8, one term a line).

import { isAscii, words } from "./words.guest.js";

const verbs = {
  get: "whoami get read retrieve fetch show list return view check search find download count query look",
  post: "create add post new submit start run trigger request generate send set upload invite make write insert publish",
  put: "set put replace add update enable write store upload create",
  patch: "update edit modify change patch rename set add",
  delete: "delete remove disable destroy cancel clear unlink revoke drop",
};

/** What documents and people say for each other, and how much less the other word counts. */
const alike = [
  [0.4, "add create new insert make"],
  [0.4, "remove delete"],
  [0.4, "change update modify edit"],
  [0.4, "get retrieve fetch show read"],
  [0.9, "record rrset"],
  [0.6, "multiple several many bulk batch"],
  [0.5, "file object blob"],
  [0.5, "sql table database"],
];

/** What a score can become a multiple of: a name that is asked for word for word, its verb, one thing or a list. */
const mostLift = 4 * 1.4 * 1.1;

/** Parts of one that weights are counted in. Sums of 800 terms, each the rarest, stay below 2^31. */
const unit = 256;

/** @param {ArrayBuffer} buffer @param {{method: string, path: string, deprecated: boolean}[]} operations in the index's order */
export function createRanker(buffer, operations) {
  const [termCount, count, postingCount] = new Uint32Array(buffer, 0, 4);
  const nameIdf = new Float32Array(buffer, 16, count);
  const idIdf = new Float32Array(buffer, 16 + 4 * count, count);
  const starts = new Uint32Array(buffer, 16 + 8 * count, termCount + 1);
  const postings = new Uint32Array(buffer, 20 + 4 * (2 * count + termCount), postingCount);
  const vocabulary = createVocabulary(
    new TextDecoder().decode(new Uint8Array(buffer, 20 + 4 * (2 * count + termCount + postingCount))),
    termCount,
  );
  const verbStems = Object.fromEntries(
    Object.entries(verbs).map(([method, text]) => [method, new Set(words(text))]),
  );
  const allVerbs = new Set(Object.values(verbStems).flatMap((stems) => [...stems]));
  const others = new Map();
  for (const [weight, text] of alike) {
    const group = words(text);
    for (const word of group) others.set(word, [weight, group]);
  }
  const listStems = new Set(words("list all"));
  const getStems = new Set(words("whoami get gets single one"));

  /**
   * Best first; every operation that shares a word, or almost shares one, may have a place. Undefined when none does.
   * Sorting all of them would take longer than all the rest.
   * @param {string} query @param {number} most how many @param {(operation: any) => boolean} isWanted
   */
  return function rank(query, most, isWanted = () => true) {
    const asked = words(spellOut(isAscii(query) ? query.replace(/[a-z]{5,}/i, verbMeant) : query));
    // Whole numbers: in a program's first milliseconds, before anything is optimized, each other one is an allocation.
    const scores = new Int32Array(count);
    const covered = new Int32Array(count);
    const coveredId = new Int32Array(count);
    const verb = allVerbs.has(asked[0]) ? asked[0] : undefined;
    const namesVerb = new Uint8Array(count);
    for (const [term, factor] of terms(asked)) {
      const isVerb = vocabulary.term(term) === verb;
      const from = starts[term];
      const to = starts[term + 1];
      const idf = Math.log(1 + (count - (to - from) + 0.5) / (to - from + 0.5));
      const weight = Math.round(unit * factor * idf);
      for (let n = from; n < to; n += 1) {
        const posting = postings[n];
        const operation = posting >>> 12;
        scores[operation] += weight * (posting & 1023);
        if ((posting & 3072) === 0) continue;
        if (posting & 2048) covered[operation] += weight;
        if (posting & 1024) coveredId[operation] += weight;
        if (isVerb && posting & 1024) namesVerb[operation] = 1;
      }
    }
    const opening = asked.slice(0, 3);
    // A noun alone, "orders", is best answered by where they are listed.
    const wantsList =
      (asked.length === 1 && !allVerbs.has(asked[0])) || opening.some((word) => listStems.has(word));
    const methods = Object.keys(verbStems);
    const named = new Set(methods.filter((method) => opening.some((word) => verbStems[method].has(word))));
    const acting = new Set(methods.filter((method) => verbStems[method].has(verb)));
    const wantsOne = !wantsList && opening.some((word) => getStems.has(word));
    let isAny = false;
    // A score that cannot have a place, whatever its name and verb add to it. Most are, and cost no fraction then.
    let hopeless = 0;
    const best = [];
    const bestScores = [];
    const before = (score, n, place) =>
      score > bestScores[place] ||
      (score === bestScores[place] && operations[n].path.length < operations[best[place]].path.length);
    for (let n = 0; n < count; n += 1) {
      if (scores[n] === 0) continue;
      isAny = true;
      if (scores[n] <= hopeless || !isWanted(operations[n])) continue;
      const { method, path, deprecated } = operations[n];
      const one = path.endsWith("}");
      const name = Math.max(share(covered[n], nameIdf[n]), 0.8 * share(coveredId[n], idIdf[n]));
      let score = scores[n] * (1 + 3 * name);
      // A POST whose operationId says "delete" deletes; a summary may say it of something else.
      const acts = verb !== undefined && (acting.has(method) || namesVerb[n] === 1);
      if (acts || named.has(method)) score *= 1.4;
      // "Set the status" is no wish to read one.
      if (verb !== undefined && !acts) score *= 0.65;
      // Whoever says nothing of it wants nothing gone.
      if (method === "delete" && verb === undefined) score *= 0.8;
      if (method === "get" && ((wantsList && !one) || (wantsOne && one))) score *= 1.1;
      if (deprecated) score *= 0.8;
      if (best.length === most && !before(score, n, most - 1)) continue;
      let place = best.length;
      while (place > 0 && before(score, n, place - 1)) place -= 1;
      best.splice(place, 0, n);
      bestScores.splice(place, 0, score);
      if (best.length > most) best.length = bestScores.length = most;
      if (best.length === most) hopeless = Math.ceil(bestScores[most - 1] / mostLift) - 1;
    }
    return isAny ? best : undefined;
  };

  /** A request begins with its verb. Where the document does not have the word, it may be a slip of the keyboard for one. */
  function verbMeant(given) {
    const word = given.toLowerCase();
    const isKnown = (each) =>
      allVerbs.has(each) ||
      others.has(each) ||
      vocabulary.term(positionOf(each, vocabulary)).startsWith(each);
    if (words(word).every(isKnown)) return given;
    const all = Object.values(verbs).join(" ").split(" ");
    // "Lock" is no slip for "look", nor "book": the first letter is seldom wrong, and short words are often others.
    return all.find((verb) => verb[0] === word[0] && editDistance(word, verb, 1) <= 1) ?? given;
  }

  /** The query's words as terms of the vocabulary, then what else they may be called, where a document uses the word. */
  function terms(asked) {
    const found = new Map(asked.map((word) => [word, matches(word, vocabulary)]));
    for (const word of asked) {
      const [weight, group] = others.get(word) ?? [0, []];
      for (const other of group) {
        const term = positionOf(other, vocabulary);
        if (!found.has(other) && vocabulary.term(term) === other) found.set(other, [[term, weight]]);
      }
    }
    return [...found.values()].flat();
  }
}

function share(part, whole) {
  return whole > 0 ? Math.min(1, part / (unit * whole)) : 0;
}

/** What people write for short, and documents in full. */
const short = {
  pr: "pull request",
  prs: "pull requests",
  repo: "repository",
  repos: "repositories",
  org: "organization",
  orgs: "organizations",
  db: "database",
  config: "configuration",
  auth: "authentication",
  env: "environment",
  whoami: "authenticated current user identity profile account",
  me: "authenticated user",
};

function spellOut(query) {
  const letters = isAscii(query) ? /[a-z]+/gi : /\p{L}+/gu;
  return query.replace(/\bwho\s+am\s+i\b/i, "whoami").replaceAll(letters, (word) => {
    const long = Object.hasOwn(short, word.toLowerCase()) ? short[word.toLowerCase()] : undefined;
    return long === undefined ? word : `${word} ${long}`;
  });
}

/** The terms a query word stands for: itself, or else those that begin alike or are a slip of the keyboard away. */
function matches(word, vocabulary) {
  const exact = positionOf(word, vocabulary);
  if (vocabulary.term(exact) === word) return [[exact, 1]];
  if (word.length < 3) return [];
  const near = new Map();
  const beginsAlike = (n) => near.set(n, [n, 0.6, Math.abs(vocabulary.term(n).length - word.length) / 10]);
  for (let n = exact; n < vocabulary.length; n += 1) {
    if (!vocabulary.term(n).startsWith(word)) break;
    beginsAlike(n);
  }
  for (let length = 4; length < word.length; length += 1) {
    const start = word.slice(0, length);
    const n = positionOf(start, vocabulary);
    if (vocabulary.term(n) === start) beginsAlike(n);
  }
  const slips = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  for (let n = 0; n < vocabulary.length; n += 1) {
    const term = vocabulary.term(n);
    if (Math.abs(term.length - word.length) > slips || term.length < 3) continue;
    if ((term[0] !== word[0] && term[1] !== word[1]) || near.has(n)) continue;
    const distance = editDistance(word, term, slips);
    if (distance <= slips) near.set(n, [n, 0.5, distance]);
  }
  return [...near.values()].toSorted((a, b) => a[2] - b[2] || a[0] - b[0]).slice(0, 3);
}

/** The terms, one a line, as one text: as many strings would bring the isolate its first collection of garbage. */
function createVocabulary(text, length) {
  const begins = new Uint32Array(length + 1);
  for (let n = 1; n < length; n += 1) begins[n] = text.indexOf("\n", begins[n - 1]) + 1;
  begins[length] = text.length + 1;
  /** Empty beyond the last. */
  return { length, term: (n) => text.slice(begins[n], begins[n + 1] - 1) };
}

/** Where a word stands in the sorted vocabulary, or would: a table of all of it would cost more than the search. */
function positionOf(word, vocabulary) {
  let low = 0;
  let high = vocabulary.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (vocabulary.term(middle) < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Optimal string alignment distance; anything above `maximum` may be answered as maximum + 1. */
function editDistance(one, other, maximum) {
  let from = 0;
  let end = 0;
  const common = Math.min(one.length, other.length);
  while (from < common && one[from] === other[from]) from += 1;
  while (end < common - from && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const a = one.slice(from, one.length - end);
  const b = other.slice(from, other.length - end);
  // Soon told of most words: they have letters that the other has nowhere.
  return foreign(a, b) > maximum || foreign(b, a) > maximum ? maximum + 1 : alignment(a, b, maximum);
}

function foreign(a, b) {
  let letters = 0;
  for (const letter of a) if (!b.includes(letter)) letters += 1;
  return letters;
}

function alignment(a, b, maximum) {
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > maximum) return maximum + 1;
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
