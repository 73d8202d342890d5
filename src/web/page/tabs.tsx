// Tabs as the ARIA authoring practices have them: one stop of the Tab key, arrows between them.

import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

type TabsProps<T extends string> = {
  label: string;
  tabs: readonly { key: T; name: string }[];
  chosen: T;
  choose: (key: T) => void;
  children: ComponentChildren;
  /** Stands in the line of the tabs. */
  beside?: ComponentChildren;
};

export function Tabs<T extends string>({ label, tabs, chosen, choose, children, beside }: TabsProps<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ key }) => key === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    choose(next.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${next.key}"]`)?.focus();
  };
  return (
    <>
      <div class="tab-line">
        <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
          {tabs.map(({ key, name }) => (
            <button
              key={key}
              type="button"
              role="tab"
              data-key={key}
              id={`${id}-${key}`}
              aria-selected={key === chosen}
              aria-controls={`${id}-panel`}
              tabIndex={key === chosen ? 0 : -1}
              onClick={() => choose(key)}
            >
              {name}
            </button>
          ))}
        </div>
        {beside}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}
