// The programs in the editor, kept for this tab: a reload or another place of the page loses nothing.

import type { Tool } from "./mcp-client.ts";
import { firstPrograms } from "./programs.ts";

const key = (name: string) => `twofold.draft.${name}`;

export class Drafts {
  /** Set by who sends one here to be run at once. */
  runNow = false;
  /** Changes with each program that is sent here from elsewhere. */
  revision = 0;

  get tool(): Tool {
    return sessionStorage.getItem(key("tool")) === "execute" ? "execute" : "search";
  }

  set tool(tool: Tool) {
    sessionStorage.setItem(key("tool"), tool);
  }

  get readOnly(): boolean {
    return sessionStorage.getItem(key("read-only")) === "yes";
  }

  set readOnly(on: boolean) {
    sessionStorage.setItem(key("read-only"), on ? "yes" : "no");
  }

  read(tool: Tool): string {
    return sessionStorage.getItem(key(tool)) ?? firstPrograms[tool];
  }

  write(tool: Tool, program: string): void {
    sessionStorage.setItem(key(tool), program);
  }

  /** Opens a program in the editor. */
  open(tool: Tool, program: string, run?: "run, reading only"): void {
    this.tool = tool;
    this.write(tool, program);
    this.revision += 1;
    if (run !== undefined) {
      this.readOnly = true;
      this.runNow = true;
    }
    location.hash = "#/try";
  }
}
