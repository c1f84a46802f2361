import { isIPv4, isIPv6 } from 'node:net';
import { all, textAt, type Xml } from './xml.ts';

/**
 * The addresses that Tools tell of the machine's network cards, in the order of the cards, IPv4 before IPv6. Tools tell
 * of the engine's bridges too: those are no cards, which have a key that is not negative.
 */
export function addressesIn(net: Xml | undefined): string[] {
  const cards = net?.children.filter((card) => Number(textAt(card, 'deviceConfigId') || -1) >= 0) ?? [];
  const told = cards.flatMap((card) => all(card, 'ipAddress').map(({ text }) => text)).filter(isReachable);
  return [...told.filter((address) => isIPv4(address)), ...told.filter((address) => isIPv6(address))];
}

/** Not those that a card gives itself, which hold on its own link only. */
function isReachable(address: string): boolean {
  return !/^(169\.254\.|fe80:)/i.test(address);
}
