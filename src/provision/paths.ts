/** Files on a host that more than one step knows. */
export const DAEMON_JSON = '/etc/docker/daemon.json';
/** Last in the alphabet, so that it has the last word. */
export const DROP_IN = '/etc/systemd/system/docker.service.d/zz-slipway.conf';
/** OpenRC's settings of the service; sh text. */
export const CONF_D = '/etc/conf.d/docker';

const TLS = '/etc/docker/slipway';
export const TLS_FILES = { ca: `${TLS}/ca.pem`, cert: `${TLS}/cert.pem`, key: `${TLS}/key.pem` } as const;
