import { type AzureCloud, startCloud } from '../clouds/azure/index.ts';
import { journey } from './journey.ts';

journey('azure', {
  start: () => startCloud({ guests: true, moves: true }),
  privately: ['--azure-no-public-ip'],
  removeByHand: (cloud, { instance = '' }) => (cloud as AzureCloud).removeAtPortal(instance),
});
