import { connect } from 'node:net';

/** Sends bytes as they are and gives what came back until the other side closed or `timeoutMs` passed. */
export function sendBytes(port: number, bytes: string | Uint8Array, timeoutMs = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.once('close', finish);
    socket.once('error', error => (answer === '' ? reject(error) : finish()));
  });
}
