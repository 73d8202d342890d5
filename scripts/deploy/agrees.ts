import { confirm, isCancel } from "@clack/prompts";

/** Whether there is somebody to ask. */
export const isTerminal = process.stdin.isTTY && process.stdout.isTTY;

/** No, where nobody can be asked. */
export async function agrees(message: string): Promise<boolean> {
  if (!isTerminal) return false;
  const answer = await confirm({ message, initialValue: false });
  return !isCancel(answer) && answer;
}
