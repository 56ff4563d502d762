/** Does the work and leaves, however it ends. */
export async function counted(leave: () => void, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    leave();
  }
}
