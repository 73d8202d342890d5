import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** The width an element has, so that what is drawn in it keeps the size of its texts. */
export function useWidth<T extends Element>(first: number) {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.round(entry.contentRect.width) || first),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [first]);
  return { element, width };
}
