import { quote } from '../../ssh/quote.ts';
import { sh } from '../step.ts';

/**
 * Downloads a signing key to a file and goes on only if the file holds this key and no other.
 * @param fingerprint 40 hexadecimal digits, as published on docs.docker.com
 * @param installGpg shell that installs gpg, where it is missing
 */
export function fetchKey(url: string, fingerprint: string, file: string, installGpg: string): string {
  return sh`
    scratch=$(mktemp -d)
    curl -fsSL --retry 3 --connect-timeout 30 -o "$scratch/key" ${quote(url)}
    if ! have gpg; then ${installGpg}; fi
    found=$(gpg --homedir "$scratch" --batch --no-tty --show-keys --with-colons "$scratch/key" 2>/dev/null |
      awk -F : '$1 == "pub" { next_is_it = 1 } $1 == "fpr" && next_is_it { print $10; next_is_it = 0 }')
    if [ "$found" != ${fingerprint} ]; then
      echo "The signing key has the fingerprint $found instead of ${fingerprint}"
      exit 1
    fi
    place ${file} 0644 <"$scratch/key"
    rm -rf "$scratch"
  `;
}
