set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

done_1() {
[ ! -e "$memory/touched" ]
}

run_1() {
sed -n 's/^\(had\|new\) //p' "$memory/touched" | while read -r file; do
  if [ ! -f "$file" ] || [ ! -f "$memory/written$file" ]; then continue; fi
  if [ "$(sum "$file")" = "$(cat "$memory/written$file")" ]; then continue; fi
  cp -p "$file" "$file.edited"
  echo "$file was changed after Slipway wrote it: see $file.edited"
done
# from here on the changes are our own
rm -rf "$memory/written"
}

run_2() {
place /etc/docker/daemon.json 0644 <<'END'
{
  "live-restore": true
}
END
if ! systemctl is-active --quiet docker.service; then exit 0; fi
pid=$(systemctl show -p MainPID --value docker.service)
[ "$pid" -gt 0 ] # 0 would be ourselves
kill -HUP "$pid"
tries=0
if have docker; then
  until [ "$(env -u DOCKER_HOST -u DOCKER_CONTEXT docker -H unix:///var/run/docker.sock info --format '{{.LiveRestoreEnabled}}')" = true ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then echo 'The engine did not take live-restore over'; exit 1; fi
    sleep 1
  done
else
  sleep 5
fi
}

done_3() {
[ ! -e "$memory/touched" ]
}

run_3() {
sed -n 's/^\(had\|new\) //p' "$memory/touched" | while read -r file; do
  if [ "$file" != /etc/docker/daemon.json ]; then unput "$file"; fi
done
if grep -q ' /etc/hostname$' "$memory/touched"; then head -n 1 /etc/hostname >/proc/sys/kernel/hostname; fi
if [ "$(systemctl is-active docker.service)" = inactive ]; then
systemctl daemon-reload
else
systemctl daemon-reload
again() {
  # it may just have been started too often of late
  systemctl reset-failed docker.service docker.socket 2>/dev/null || true
  systemctl restart docker.service
}
if ! systemctl restart docker.service && ! again; then
  journalctl --unit docker.service --lines 20 --no-pager --output cat || true
  exit 1
fi
fi
}

run_4() {
place /etc/docker/daemon.json 0644 <<'END'
{
  "live-restore": false
}
END
if ! systemctl is-active --quiet docker.service; then exit 0; fi
pid=$(systemctl show -p MainPID --value docker.service)
[ "$pid" -gt 0 ] # 0 would be ourselves
kill -HUP "$pid"
tries=0
if have docker; then
  until [ "$(env -u DOCKER_HOST -u DOCKER_CONTEXT docker -H unix:///var/run/docker.sock info --format '{{.LiveRestoreEnabled}}')" = false ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then echo 'The engine did not take live-restore over'; exit 1; fi
    sleep 1
  done
else
  sleep 5
fi
}

done_5() {
[ ! -e "$memory" ]
}

run_5() {
: >>"$memory/touched"
unput /etc/docker/daemon.json
while read -r kind what; do
  case $kind in
    firewalld)
      firewall-cmd --quiet --permanent --remove-port "$what" || true
      firewall-cmd --quiet --remove-port "$what" || true ;;
    ufw) ufw delete allow "$what" || true ;;
    disabled) systemctl disable docker.service || true ;;
    installed) say installed yes ;;
  esac
done <"$memory/touched"
sed -n 's/^folder //p' "$memory/touched" | sort -r | while read -r folder; do
  rmdir "$folder" 2>/dev/null || true
done
rm -rf "$memory"
}

main() {
step 'save what was changed since' 'See whether /etc can be written on the host' run_1 done_1
step 'let containers outlive a restart of the engine' 'See what the engine says about daemon.json: journalctl -u docker' run_2
step 'put the files back' 'The reason is above; the originals are in /var/lib/slipway/originals on the host' run_3 done_3
step 'give up keeping containers over a restart' 'See what the engine says about daemon.json: journalctl -u docker' run_4
step 'forget the host' 'The originals are in /var/lib/slipway/originals on the host' run_5 done_5
mark end
}

main </dev/null 2>&1

