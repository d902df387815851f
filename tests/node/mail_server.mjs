// A real mail server for the tests: prints its port, then one JSON line for each mail.
// Environment: KEY, CERT (PEM files: STARTTLS is offered), SSL=1 (TLS from the first byte), LOGIN="user:password" (required),
// REFUSE (a file: its first line, "rcpt 550 text" or "data 451 text" or "mail 550 text", is read for each mail), PORT,
// DELAY (milliseconds from the end of a mail to the answer).
import { readFileSync, existsSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const { KEY, CERT, SSL, LOGIN, REFUSE, PORT = '0', DELAY = '0' } = process.env;

function refusal(stage) {
  const line = REFUSE && existsSync(REFUSE) ? readFileSync(REFUSE, 'utf8').split('\n')[0] : '';
  const [where, code, ...words] = line.split(' ');
  return where === stage ? Object.assign(new Error(words.join(' ')), { responseCode: Number(code) }) : null;
}

const server = new SMTPServer({
  ...(KEY ? { key: readFileSync(KEY), cert: readFileSync(CERT) } : { disabledCommands: ['STARTTLS'] }),
  secure: SSL === '1',
  authOptional: !LOGIN,
  allowInsecureAuth: true,
  onAuth(auth, _session, done) {
    const good = LOGIN === `${auth.username}:${auth.password}`;
    done(good ? null : Object.assign(new Error('no'), { responseCode: 535 }), good ? { user: auth.username } : undefined);
  },
  onMailFrom: (_address, _session, done) => done(refusal('mail')),
  onRcptTo: (_address, _session, done) => done(refusal('rcpt')),
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const refused = refusal('data');
      if (!refused) {
        console.log(JSON.stringify({
          from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((one) => one.address),
          secure: session.secure, user: session.user ?? null, data: Buffer.concat(chunks).toString('latin1'),
        }));
      }
      setTimeout(() => done(refused), Number(DELAY));
    });
  },
});
server.on('error', () => {});
server.listen(Number(PORT), '127.0.0.1', () => console.log(server.server.address().port));
