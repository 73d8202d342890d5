// Who waits for what in one journal: runs for being stopped, lists for something new. Never stored; lost with the object,
// and asked for again by whoever still waits.

export class Waiting {
  #runs = new Map<string, () => void>();
  #lists = new Set<() => void>();
  /** Begins at the clock, so that a number of an earlier life is never mistaken for the present. */
  #version: number;

  constructor(now: number) {
    this.#version = now;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether the Worker of this run is there and listens. */
  has(run: string): boolean {
    return this.#runs.has(run);
  }

  forStop(run: string): Promise<void> {
    this.#runs.get(run)?.();
    return new Promise((resolve) => this.#runs.set(run, resolve));
  }

  /** Wakes the run's Worker; it asks the table what for. */
  wake(run: string): void {
    this.#runs.get(run)?.();
    this.#runs.delete(run);
  }

  changed(): void {
    this.#version += 1;
    for (const tell of this.#lists) tell();
    this.#lists.clear();
  }

  /** Resolves when something is other than at `version`, or time is up. */
  forChange(version: number, milliseconds: number): Promise<void> {
    if (version !== this.#version) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#lists.delete(tell);
        resolve();
      }, milliseconds);
      const tell = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#lists.add(tell);
    });
  }
}
