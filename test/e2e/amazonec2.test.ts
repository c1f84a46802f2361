import { ec2 } from './ec2.ts';
import { journey } from './journey.ts';

journey('amazonec2', ec2);
