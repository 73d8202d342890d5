// How a program ended. A rejected promise, by contrast, means the fault is ours.

export type Position = { line: number; column: number };

export type Outcome =
  /** `text` is the result as the model reads it: JSON, or the string itself. */
  | {
      kind: "ok";
      text: string;
      note?: string;
      image?: { data: string; mimeType: string };
      logs: string[];
      /** Of the program's value, JSON when absent and shown whole. */
      value?: { format: "json" | "text" | "bytes" | "nothing"; whole: boolean; parts: number };
    }
  /** Thrown by the program, or by what it called. Line and column are the model's own. */
  | { kind: "program-error"; name: string; message: string; position?: Position; logs: string[] }
  /** Not run at all: the text is missing, too long, or no program. */
  | { kind: "refused"; message: string; position?: Position }
  | {
      kind: "limit";
      limit: "time" | "busy" | "outcome" | "memory" | "cancelled" | "stopped";
      maximum: number;
      actual?: number;
      position?: Position;
      logs: string[];
    };
