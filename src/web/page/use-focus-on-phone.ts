import { useEffect, useRef } from "preact/hooks";

/** Where one thing takes the place of the list it was chosen from, one goes on at its top; beside the list, in the list. */
export function useFocusOnPhone<T extends HTMLElement>() {
  const top = useRef<T>(null);
  useEffect(() => {
    // As in style.css.
    if (!matchMedia("(max-width: 60rem)").matches) return;
    scrollTo(0, 0);
    top.current?.focus({ preventScroll: true });
  }, []);
  return top;
}
