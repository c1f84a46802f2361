import { SlipwayError } from '../../errors.ts';

/** One of Microsoft's clouds, or one that is run like them. */
export interface Cloud {
  /** Where the Resource Manager is, without a slash at the end. */
  readonly url: string;
  /** Where its login is; undefined where AZURE_AUTHORITY_HOST says it. */
  readonly authority?: string;
  /** Whether the public list of prices is about it. */
  readonly priced: boolean;
}

const PUBLIC: Cloud = {
  url: 'https://management.azure.com',
  authority: 'https://login.microsoftonline.com',
  priced: true,
};

const GOVERNMENT: Cloud = {
  url: 'https://management.usgovcloudapi.net',
  authority: 'https://login.microsoftonline.us',
  priced: true,
};

const CHINA: Cloud = {
  url: 'https://management.chinacloudapi.cn',
  authority: 'https://login.chinacloudapi.cn',
  priced: false,
};

/** By the names of Docker Machine and of `az cloud list`, in small letters. */
const CLOUDS: Readonly<Record<string, Cloud>> = {
  azurepubliccloud: PUBLIC,
  azurecloud: PUBLIC,
  azureusgovernmentcloud: GOVERNMENT,
  azureusgovernment: GOVERNMENT,
  azurechinacloud: CHINA,
};

/** @throws SlipwayError `bad-input` */
export function cloudOf(environment: string, url: string | undefined): Cloud {
  if (url !== undefined) return { url: resourceManager(url), priced: false };
  const cloud = CLOUDS[environment.toLowerCase()];
  if (cloud) return cloud;
  throw new SlipwayError('bad-input', `There is no cloud "${environment}"`, {
    hint: 'There are AzurePublicCloud, AzureUSGovernmentCloud and AzureChinaCloud; the German one was closed in 2021.',
  });
}

function resourceManager(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'https:' && url.search === '') return url.href.replace(/\/+$/, '');
  throw new SlipwayError('bad-input', `"${given}" is no address of a Resource Manager`, {
    hint: 'It begins with https://: a token must not go over the network in the clear.',
  });
}
