# Subcommands of deploy/lakehouse for Dagster's history, the database in the container postgres: backup, restore,
# upgrade.
# The lake does not need it; it contains the UI's past runs and the queued ones.

# The longest that a day's run may take (spotify_assets/automation/jobs.py).
readonly drain_seconds=7200
readonly look_seconds=30
readonly dagster=(code webserver daemon)
readonly former=spotify-lakehouse:former
readonly keeper=(python -m spotify_assets.automation.history)

dump=$(mktemp --suffix .sql.gz)
# What to undo if this ends early, by an error or by Ctrl-C.
undo=nothing

clean_up() {
  case "$undo" in
  draining) compose start daemon ;;
  upgrade) roll_back ;;
  esac
  rm -f "$dump"
}
trap clean_up EXIT

say() {
  printf '%s\n' "==> $1" >&2
}

# In a separate container of the current image.
once() {
  compose run --rm -T --no-deps code "$@"
}

# A truncated dump would be restored up to its end, so its last line must be pg_dump's.
require_whole() {
  gzip --test "$dump" 2>/dev/null && gzip --decompress --stdout "$dump" | tail --lines 8 | grep --quiet 'database dump complete' ||
    fail "The dump is incomplete, and is not used."
}

take() {
  compose exec -T postgres pg_dump -U dagster dagster | gzip >"$dump"
  require_whole
}

# Replaces everything, including tables of a newer version, or nothing.
put_back() {
  gzip --decompress --stdout "$dump" | compose exec -T postgres psql -U dagster -d dagster --quiet --output /dev/null \
    --set ON_ERROR_STOP=1 --single-transaction -c 'SET client_min_messages = warning' \
    -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -f -
}

in_progress() {
  compose exec -T postgres psql -U dagster -d dagster --tuples-only --no-align \
    -c "SELECT count(*) FROM runs WHERE status IN ('STARTING', 'STARTED', 'CANCELING')"
}

# deploy/lakehouse backup: from cron or a timer, once a day.
backup() {
  take
  once "${keeper[@]}" keep <"$dump"
}

# deploy/lakehouse restore [NAME]: the latest dump, or the one that `backup` named so; also on a new machine.
restore() {
  once "${keeper[@]}" give "$@" >"$dump"
  require_whole
  compose stop "${dagster[@]}"
  compose up -d --wait postgres
  put_back
  once dagster instance migrate
  compose up -d --wait
}

# The daemon starts runs: schedules, sensors and the queue. New requests wait in the queue.
drain() {
  local waited running
  undo=draining
  compose stop daemon
  for ((waited = 0; waited < drain_seconds; waited += look_seconds)); do
    running=$(in_progress)
    if [ "$running" = 0 ]; then return; fi
    say "Runs in progress: $running. Waiting for them."
    sleep "$look_seconds"
  done
  fail "Runs are still in progress after $((drain_seconds / 3600)) hours, so nothing was changed. Check them in the UI, then try again."
}

roll_back() {
  undo=nothing
  say "The new image does not run. Going back to the former one, and to the database as it was."
  compose stop "${dagster[@]}"
  put_back
  if by_digest; then
    IMAGE="$was" compose up -d --wait
    say "Put the former image back into production.env: IMAGE=$was"
  else
    docker image tag "$former" "$image"
    compose up -d --wait
  fi
  fail "The upgrade failed, for the reason above. The former image runs, with the history that it had."
}

by_digest() {
  [[ "$image" == *@* ]]
}

# A digest always names the same image, so the running container's is the way back; a built image needs a second name.
get_image() {
  image=$(compose config --images code | grep --invert-match '^postgres[:@]' | head --lines 1)
  if by_digest; then
    was=$(docker inspect --format '{{.Config.Image}}' "$(compose ps --quiet code)") ||
      fail "Nothing runs here to upgrade from, and to go back to. The first time: deploy/lakehouse pull code, then deploy/lakehouse up -d"
    say "Fetching the new image"
    compose pull code
  else
    was=$former
    docker image tag "$image" "$former" ||
      fail "There is no image to upgrade from, and to go back to. The first time: deploy/lakehouse up -d --build"
    say "Building the new image"
    compose build code
  fi
}

# deploy/lakehouse upgrade: from the running version to the one checked out, or to IMAGE in production.env.
upgrade() {
  local was_well=yes
  get_image
  compose exec -T code spotify-assets doctor ||
    { was_well=no && say "doctor finds faults before the upgrade, so it does not judge the new image."; }
  say "Waiting for runs in progress"
  drain
  say "Keeping the history"
  backup
  say "Migrating the database, and starting"
  undo=upgrade
  compose stop code webserver
  once dagster instance migrate
  compose up -d --wait
  [ "$was_well" = no ] || compose exec -T code spotify-assets doctor
  undo=nothing
  say "Upgraded. The former image stays as $was."
}
