/** Where the host listens for the studio's WebSocket. */
export const socketPath = '/socket';
