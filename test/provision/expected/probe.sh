set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='probe'

run_1() {
id -un | give user
if [ "$(id -u)" -eq 0 ]; then echo root | give sudo
elif ! have sudo; then echo 'sudo is not installed' | give reason
elif words=$(sudo -n sh -c : 2>&1); then echo free | give sudo
else
  case $words in
    *password*) echo password | give sudo ;;
    *) printf '%s\n' "$words" | give reason ;;
  esac
fi
}

main() {
step 'see how to become root' 'The SSH user must be able to run a shell' run_1
mark end
}

main </dev/null 2>&1

