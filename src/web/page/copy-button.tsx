import { useEffect, useState } from "preact/hooks";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => say(""), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say("Copied"),
      () => say("Select and copy it by hand"),
    );
  return (
    <>
      <button type="button" class="small" aria-label={label} onClick={() => void copy()}>
        {said === "" ? "Copy" : said}
      </button>
      <span role="status" class="unseen">
        {said}
      </span>
    </>
  );
}
