import { type Step, sh } from './step.ts';

/**
 * Makes an engine as good as new for somebody else: containers, volumes and networks go, whosever they are. Images and
 * what builds have cached stay: they are what makes it quicker than a new one.
 */
export const clean: readonly Step[] = [
  {
    title: 'remove containers, volumes and networks',
    run: sh`
      swarm=$(docker info --format '{{.Swarm.LocalNodeState}}')
      case $swarm in inactive | '') ;; *) docker swarm leave --force ;; esac
      left() { docker container ls -a -q && docker network ls -q --filter type=custom && docker volume ls -q; }
      tries=0
      there=$(left)
      until [ -z "$there" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 3 ]
        # Something may go by itself meanwhile: what counts is what is left.
        docker container ls -a -q | xargs -r docker container rm -f -v >/dev/null || true
        docker network ls -q --filter type=custom | xargs -r docker network rm >/dev/null || true
        docker volume ls -q | xargs -r docker volume rm -f >/dev/null || true
        there=$(left)
      done
    `,
    hint: 'The reason is above: does the engine answer?',
  },
];
