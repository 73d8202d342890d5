import { useEffect, useState } from "preact/hooks";
import { sayError } from "./session.ts";

type Asked<T> = { value?: T; error?: string };

/** Asks again whenever `key` changes; what an earlier question answers late is dropped. */
export function useAsked<T>(key: string, ask: () => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { key: string }>({ key });
  useEffect(() => {
    let current = true;
    ask().then(
      (value) => current && setAsked({ key, value }),
      (error: unknown) => current && setAsked({ key, error: sayError(error) }),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return asked.key === key ? asked : {};
}

/** The value as it was when it last stood still. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
