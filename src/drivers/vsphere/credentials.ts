import { SlipwayError } from '../../errors.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Those of the environment: docker-machine's variables before those of govc.
 * @throws SlipwayError `no-credentials`
 */
export function credentials(host: string): Credentials {
  const url = govcUrl();
  const user = process.env.VSPHERE_USERNAME || process.env.GOVC_USERNAME || decodeURIComponent(url?.username ?? '');
  const password = process.env.VSPHERE_PASSWORD || process.env.GOVC_PASSWORD || decodeURIComponent(url?.password ?? '');
  if (user && password) return { user, password };
  const sentence = `There are no credentials for "${host}": looked at VSPHERE_USERNAME and VSPHERE_PASSWORD, GOVC_USERNAME and GOVC_PASSWORD, and GOVC_URL`;
  throw new SlipwayError('no-credentials', sentence, {
    hint: 'Set VSPHERE_USERNAME and VSPHERE_PASSWORD; docs/drivers/vsphere.md tells what the user must be allowed.',
  });
}

/** GOVC_URL is a URL, or a host with or without a user: "user:pass@vcenter.example.com/sdk". */
export function govcUrl(): URL | undefined {
  const given = process.env.GOVC_URL;
  if (!given) return undefined;
  const url = /^\w+:\/\//.test(given) ? given : `https://${given}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
