// Preloaded by start-server.ts into what it starts. The IPC channel closes however the parent ends, SIGKILL
// included; SIGINT is what makes wrangler and Miniflare take their workerd down with them.
process.on("disconnect", () => {
  process.kill(process.pid, "SIGINT");
  if (process.platform === "win32") return;
  // A program stuck in a loop can wedge the shutdown. This process was made the leader of a group of its
  // own, so the group is it and its workerd and nothing else.
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), 3_000).unref();
});
