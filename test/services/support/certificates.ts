import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SERVICES_HOME } from './home';
import { jdk } from './tools';

/** Certificates for servers on 127.0.0.1, signed by an authority that nobody trusts by default. */
export interface Certificates {
  /** The authority's certificate, PEM: what a client has to trust. */
  readonly caFile: string;
  /** PKCS #12 store of a server: its key, and its certificate for `127.0.0.1` and `localhost`. */
  readonly valid: string;
  /** As `valid`, but expired since a while. */
  readonly expired: string;
  /** A client's private key and certificates, PEM in one file, for servers that ask clients for one. */
  readonly clientFile: string;
  readonly password: string;
}

const PASSWORD = 'pulseflow';
const RENEW_AFTER_DAYS = 300;

/** The certificates of this machine; made where they are missing or a year old, by the JDK's keytool. */
export function certificates(): Certificates {
  const folder = join(SERVICES_HOME, 'certificates');
  if (!existsSync(folder) || Date.now() - statSync(folder).mtimeMs > RENEW_AFTER_DAYS * 86_400_000) {
    mkdirSync(SERVICES_HOME, { recursive: true });
    const fresh = mkdtempSync(join(SERVICES_HOME, 'certificates-'));
    make(fresh);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  }
  const file = (name: string): string => join(folder, name);
  return {
    caFile: file('ca.pem'),
    valid: file('valid.p12'),
    expired: file('expired.p12'),
    clientFile: file('client.pem'),
    password: PASSWORD,
  };
}

function make(folder: string): void {
  const all = store(join(folder, 'all.p12'));
  const name = (common: string): string[] => ['-dname', `CN=${common}, O=Pulseflow services`];
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1'];
  const host = ['-ext', 'san=ip:127.0.0.1,dns:localhost'];
  const signed = ['-signer', 'ca', ...key];
  keytool(
    '-genkeypair',
    '-alias',
    'ca',
    ...key,
    ...name('Pulseflow services CA'),
    '-ext',
    'bc:c',
    ...days(365),
    ...all,
  );
  keytool('-exportcert', '-rfc', '-alias', 'ca', '-file', join(folder, 'ca.pem'), ...all);
  keytool('-genkeypair', '-alias', 'valid', ...signed, ...name('localhost'), ...host, ...days(365), ...all);
  keytool('-genkeypair', '-alias', 'expired', ...signed, ...name('localhost'), ...host, ...days(10, '-30d'), ...all);
  keytool('-genkeypair', '-alias', 'client', ...signed, ...name('pulseflow'), ...days(365), ...all);
  for (const alias of ['valid', 'expired', 'client']) split(folder, alias);
  const exporter = join(ROOT, 'test/services/support/ExportKey.java');
  const pem = execFileSync(jdk('java'), [exporter, join(folder, 'client.p12'), PASSWORD, 'client']);
  writeFileSync(join(folder, 'client.pem'), pem, { mode: 0o600 });
  rmSync(join(folder, 'all.p12'));
}

/** A store of its own for one key: a server with several could present any of them. */
function split(folder: string, alias: string): void {
  const from = ['-srckeystore', join(folder, 'all.p12'), '-srcstorepass', PASSWORD, '-srcalias', alias];
  const to = ['-destkeystore', join(folder, `${alias}.p12`), '-deststoretype', 'PKCS12', '-deststorepass', PASSWORD];
  keytool('-importkeystore', '-noprompt', ...from, ...to);
}

function store(file: string): string[] {
  return ['-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSWORD];
}

function days(count: number, from = '-1d'): string[] {
  return ['-startdate', from, '-validity', String(count)];
}

function keytool(...args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(jdk('keytool'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`keytool ${args[0] ?? ''} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
