// Preloaded into wrangler by dev-server.ts. The IPC channel closes however the parent ends, SIGKILL
// included; SIGINT is what makes wrangler take its workerd down with it.
process.on("disconnect", () => {
  process.kill(process.pid, "SIGINT");
  if (process.platform === "win32") return;
  // A program stuck in a loop can wedge the shutdown. dev-server.ts made this process the leader of its
  // own group, so the group is wrangler and its workerd and nothing else.
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), 3_000).unref();
});
