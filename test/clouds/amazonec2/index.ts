import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Call, Fault, FaultyCloud, Trouble } from '../cloud.ts';
import { deliver } from '../deliver.ts';
import { startBehind } from './behind.ts';
import { type Form, type Judge, malformed, newJudge, type Wrong } from './model.ts';
import { type Moto, startMoto } from './moto.ts';
import { newPrices, refusal as priceRefusal } from './prices.ts';

export interface Ec2Call extends Call {
  /** As permissions name it: "ec2", "pricing". */
  readonly service: string;
  /** The form that was sent: "Filter.1.Name". */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Ec2Cloud extends FaultyCloud {
  readonly calls: readonly Ec2Call[];
  readonly complaints: string[];
  /** Of moto itself: what is done there is done in AWS's console, unseen. */
  readonly console: string;
}

const KEY = 'AKIASLIPWAYTEST00001';

export interface Ec2Options {
  /** Instances boot; without, nothing is behind their addresses. */
  guests?: boolean;
  /** The URL of who has something else to put behind them: see behind.ts. */
  others?: string;
  /** How many instances the account may have; 20 when absent. */
  instances?: number;
}

/** EC2 on this computer: moto (see server.py), behind a check of every request against botocore's model. */
export async function startCloud({ guests = false, others, instances }: Ec2Options = {}): Promise<Ec2Cloud> {
  const judge = newJudge();
  let url = '';
  const behind = guests ? await startBehind(async (id) => void (await fetch(`${url}/off?${id}`))) : undefined;
  const moto = await startMoto(ownNet(), behind?.url ?? others, instances);
  url = moto.url;
  const held = async () => (await (await fetch(`${url}/left`)).json()) as string[];
  const before = await held();
  const model = (await (await fetch(`${url}/model?pricing`)).json()) as Parameters<typeof newPrices>[0];
  const door = newDoor(moto, judge, model);
  const server = createServer(door.answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(door.cloud, {
    driver: 'amazonec2',
    console: moto.url,
    env: {
      AWS_ENDPOINT_URL: own,
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: 'of-no-use-anywhere',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    words: [...['--amazonec2-instance-type', 't3.micro'], ...['--amazonec2-elastic-ip', 'new']],
    refusal,
    lag: async (ms: number) => void (await fetch(`${url}/lag?${ms / 1000}`)),
    left: async () => (await held()).filter((each) => !before.includes(each)),
    async close() {
      server.closeAllConnections();
      server.close();
      await behind?.close();
      await moto.close();
    },
  });
}

let started = 0;

/** The N of addresses 127.N.x.y that no other server of this computer has, as far as that goes. */
function ownNet(): number {
  started += 1;
  return 20 + ((process.pid * 11 + started) % 200);
}

/** An answer of EC2 that says no. */
export function awsError(code: string, { status = 400, message = 'Refused for a test', headers = {} } = {}): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`;
  return { status, headers: { 'Content-Type': 'text/xml;charset=UTF-8', ...headers }, body };
}

const TROUBLES: Readonly<Record<Trouble, string>> = {
  403: 'UnauthorizedOperation',
  429: 'RequestLimitExceeded',
  500: 'InternalError',
  503: 'Unavailable',
};

function refusal(status: Trouble): Answer {
  return awsError(TROUBLES[status], { status, headers: status === 429 ? { 'Retry-After': '1' } : {} });
}

/** Takes the requests: notes, checks and passes them on. */
function newDoor(moto: Moto, judge: Judge, pricing: Parameters<typeof newPrices>[0]) {
  const calls: Ec2Call[] = [];
  const complaints: string[] = [];
  const cloud: Pick<Ec2Cloud, 'calls' | 'complaints' | 'intercept'> = { calls, complaints, intercept: () => undefined };
  const complain = ({ code, what }: Wrong): Answer => {
    complaints.push(`${code}: ${what}`);
    return awsError(code, { message: what });
  };
  const prices = newPrices(pricing, complain);
  const tellPrice = async (request: IncomingMessage, body: string, { key, region }: Signed): Promise<Done> => {
    const target = String(request.headers['x-amz-target']);
    const what = target.split('.')[1] ?? '';
    const call = { n: calls.length + 1, service: 'pricing', what, reads: what.startsWith('Get'), parameters: {} };
    calls.push(call);
    const fault = await cloud.intercept(call, 'before');
    if (fault) return { fault, answer: NOTHING };
    if (region !== 'us-east-1') complain({ code: 'NoSuchEndpoint', what: `api.pricing.${region}.amazonaws.com` });
    const unknown = priceRefusal('UnrecognizedClientException', 'The token is invalid');
    return { answer: key === KEY ? prices(target, body) : unknown };
  };
  const carryOut = async (request: IncomingMessage, body: string): Promise<Done> => {
    if (request.method !== 'POST' || request.url !== '/') {
      return { answer: complain({ code: 'InvalidRequest', what: `${request.url}` }) };
    }
    const signed = signedBy(request);
    if (signed?.service === 'pricing') return tellPrice(request, body, signed);
    const form: Form = Object.fromEntries(new URLSearchParams(body));
    const call: Ec2Call = {
      n: calls.length + 1,
      service: 'ec2',
      what: form.Action ?? '',
      reads: /^(Describe|Get)/.test(form.Action ?? ''),
      parameters: form,
    };
    calls.push(call);
    const instead = await cloud.intercept(call, 'before');
    if (instead) return { fault: instead, answer: NOTHING };
    const answer = refusalOf(signed, form, judge, complain) ?? (await pass(moto.url, request, body, call.reads));
    if (answer.status >= 500) {
      await delay(100); // what it wrote comes by another way than its answer
      complain({ code: `moto's own ${answer.status}`, what: `${call.what}: ${moto.said()}` });
    }
    return { fault: await cloud.intercept(call, 'after'), answer };
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const carried = carryOut(request, Buffer.concat(parts).toString('utf8'));
    // Where moto is gone the test is over, or fails by this.
    const { answer, fault } = await carried.catch((): Done => ({ fault: 'drop', answer: NOTHING }));
    deliver(response, answer, fault);
  };
  return { cloud, answer };
}

interface Signed {
  readonly key: string;
  readonly region: string;
  readonly service: string;
}

function signedBy({ headers }: IncomingMessage): Signed | undefined {
  const credential = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request, /;
  const [, key = '', region = '', service = ''] = credential.exec(headers.authorization ?? '') ?? [];
  return service === '' ? undefined : { key, region, service };
}

interface Done {
  readonly answer: Answer;
  readonly fault?: Fault | undefined;
}

const NOTHING: Answer = { status: 500, body: '' };

/** What EC2 would not even look at. */
function refusalOf(
  signed: Signed | undefined,
  form: Form,
  judge: Judge,
  complain: (wrong: Wrong) => Answer,
): Answer | undefined {
  if (signed?.service !== 'ec2')
    return complain({ code: 'MissingAuthenticationToken', what: 'The request is not signed' });
  if (signed.key !== KEY) return awsError('AuthFailure', { status: 401, message: 'AWS was not able to validate it' });
  const [wrong] = judge(form).map(complain);
  if (wrong) return wrong;
  const id = malformed(form);
  return id ? awsError(id.code, { message: id.what }) : undefined;
}

async function pass(moto: string, { headers }: IncomingMessage, body: string, reads: boolean): Promise<Answer> {
  const answer = await fetch(moto, {
    method: 'POST',
    headers: {
      'Content-Type': headers['content-type'] ?? '',
      Authorization: headers.authorization ?? '',
      ...(reads ? { 'X-Reads': '1' } : {}),
    },
    body,
  });
  return { status: answer.status, headers: { 'Content-Type': 'text/xml;charset=UTF-8' }, body: await answer.text() };
}
