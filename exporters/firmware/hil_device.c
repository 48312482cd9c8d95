/* The device's side of the protocol. All its memory is in the structure below. */
#include "hil_device.h"

#include "board.h"
#include "hil_frame.h"
#include "hil_policy.h"

enum {
    HELLO = 0x01,
    STEP = 0x02,
    SET_WEIGHT = 0x03,
    SELFTEST = 0x04,
    STATISTICS = 0x05,
    RESET = 0x06,
    REPLY = 0x80
};

enum { OK, BAD_VERSION, BAD_TYPE, BAD_LENGTH, NO_SESSION, SELFTEST_FAILED };

enum { IS_SAFE = 1, HAS_FAILED = 2, HAS_SESSION = 4 };

/* Version, type, session (2), sequence number (2). */
#define HEADER_BYTES 6
#define CRC_BYTES 2
#define TICKS_BYTES 4
#define REQUEST_BYTES (HEADER_BYTES + HIL_INPUTS * HIL_NUMBER_BYTES + HIL_NUMBER_BYTES + CRC_BYTES)
#define REPLY_BYTES (HEADER_BYTES + 72 + HIL_OUTPUTS * HIL_NUMBER_BYTES + CRC_BYTES)
#define WATCHDOG_TICKS ((uint32_t)((uint64_t)HIL_WATCHDOG_US * BOARD_TICKS_HZ / 1000000u))

/* The counters, in the order in which they are sent. */
enum {
    FRAMES,     /* with a correct CRC */
    BAD_FRAMES, /* with a wrong CRC, too long, or cut off */
    REFUSED,    /* answered with a status other than OK */
    STALE,      /* older than an earlier request; not answered */
    REPEATED,   /* answered before; the same answer is sent again */
    STEPS,
    TIMEOUTS,   /* times that the watchdog applied the safe action */
    WORST_TICKS,
    COUNTS
};

static struct {
    uint32_t counts[COUNTS];
    struct hil_receiver receiver;
    uint8_t request[REQUEST_BYTES];
    uint8_t reply[REPLY_BYTES];
    hil_number weight;
    hil_number observation[HIL_INPUTS];
    hil_number applied[HIL_OUTPUTS];
    uint32_t last_step_ticks;
    uint16_t size; /* of the reply */
    uint16_t session;
    uint16_t sequence;
    uint16_t faults; /* of the self-test */
    uint8_t is_safe;
} device;

/* Compiles only within the static memory that README.md states. */
typedef char ram_is_as_stated[sizeof device <= HIL_RAM_BYTES ? 1 : -1];

static uint16_t read_16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | (uint32_t)bytes[1] << 8);
}

static void put(uint32_t value, uint8_t bytes)
{
    for (uint8_t i = 0; i < bytes; i++)
        device.reply[device.size++] = (uint8_t)(value >> (8 * i) & 0xffu);
}

static void put_text(const uint8_t *text, uint8_t bytes)
{
    for (uint8_t i = 0; i < bytes; i++)
        device.reply[device.size++] = text[i];
}

static void put_number(hil_number value)
{
    union { hil_bits bits; hil_number value; } word;
    word.value = value;
    put(word.bits, HIL_NUMBER_BYTES);
}

static hil_number read_number(const uint8_t *bytes)
{
    union { hil_bits bits; hil_number value; } word;
    word.bits = 0;
    for (uint8_t i = 0; i < HIL_NUMBER_BYTES; i++)
        word.bits = (hil_bits)(word.bits | (hil_bits)((hil_bits)bytes[i] << (8 * i)));
    return word.value;
}

static void apply_safe(void)
{
    static const hil_number safe[HIL_OUTPUTS] = HIL_SAFE;
    for (uint16_t i = 0; i < HIL_OUTPUTS; i++)
        device.applied[i] = safe[i];
    device.is_safe = 1;
    board_apply(device.applied);
}

static void start_reply(uint8_t status)
{
    device.size = HEADER_BYTES;
    put(status, 1);
}

static void hello(void)
{
    static const uint8_t network[8] = HIL_NETWORK_HASH, contract[8] = HIL_CONTRACT_HASH;
    static const uint8_t build[] = HIL_BUILD;
    device.weight = HIL_WEIGHT;
    put_text(network, 8);
    put_text(contract, 8);
    put(HIL_DTYPE, 1);
    put(HIL_INPUTS, 2);
    put(HIL_OUTPUTS, 2);
    put(HIL_PERIOD_US, 4);
    put(HIL_WATCHDOG_US, 4);
    put(BOARD_TICKS_HZ, 4);
    put(device.faults, 2);
    put_text(build, sizeof build - 1);
}

static void apply(void)
{
    device.last_step_ticks = board_ticks();
    device.is_safe = 0;
    board_apply(device.applied);
}

static void step(const uint8_t *payload)
{
    const uint32_t start = board_ticks();
    for (uint16_t i = 0; i < HIL_INPUTS; i++)
        device.observation[i] = read_number(payload + i * HIL_NUMBER_BYTES);
    hil_policy(device.observation, device.weight, device.applied);
    apply();
    const uint32_t ticks = device.last_step_ticks - start;
    if (ticks > device.counts[WORST_TICKS])
        device.counts[WORST_TICKS] = ticks;
    device.counts[STEPS]++;
    put(ticks, TICKS_BYTES);
    for (uint16_t i = 0; i < HIL_OUTPUTS; i++)
        put_number(device.applied[i]);
}

static void statistics(void)
{
    put((uint32_t)((device.is_safe ? IS_SAFE : 0) | (device.faults ? HAS_FAILED : 0)
            | (device.session ? HAS_SESSION : 0)), 1);
    for (uint8_t i = 0; i < COUNTS; i++)
        put(device.counts[i], 4);
    for (uint16_t i = 0; i < HIL_OUTPUTS; i++)
        put_number(device.applied[i]);
}

/* Returns OK, or the status that refuses a request of this type and size. */
static uint8_t check(uint8_t type, uint16_t size, uint16_t session)
{
    const uint16_t wanted = type == STEP ? HIL_INPUTS * HIL_NUMBER_BYTES
        : type == SET_WEIGHT ? HIL_NUMBER_BYTES : 0;
    if (device.request[0] != HIL_VERSION)
        return BAD_VERSION;
    if (type < HELLO || type > RESET)
        return BAD_TYPE;
    if (size != wanted)
        return BAD_LENGTH;
    if (type == HELLO || (type == RESET && session == 0))
        return OK;
    if (session == 0 || session != device.session)
        return NO_SESSION;
    return type == STEP && device.faults ? SELFTEST_FAILED : OK;
}

static void answer(uint8_t type, const uint8_t *payload)
{
    if (type == HELLO) {
        hello();
    } else if (type == STEP) {
        step(payload);
    } else if (type == SET_WEIGHT) {
        device.weight = read_number(payload);
        put_number(device.weight);
    } else if (type == SELFTEST) {
        device.faults = (uint16_t)HIL_SELFTEST();
        if (device.faults)
            apply_safe();
        put(device.faults, 2);
    } else if (type == STATISTICS) {
        statistics();
    }
}

static void send_reply(uint8_t type)
{
    device.reply[0] = HIL_VERSION;
    device.reply[1] = (uint8_t)(type | REPLY);
    for (uint8_t i = 2; i < HEADER_BYTES; i++)
        device.reply[i] = device.request[i];
    hil_send(device.reply, device.size, board_write);
}

/* Returns whether the last reply answers this request; it is then sent again. Otherwise a step
 * that takes longer than the host waits would be computed again for each retry. */
static uint8_t was_answered(void)
{
    for (uint8_t i = 2; i < HEADER_BYTES; i++)
        if (device.reply[i] != device.request[i])
            return 0;
    return device.reply[1] == (device.request[1] | REPLY) && device.reply[HEADER_BYTES] == OK;
}

/* Applies the action of the last reply, a step's; the watchdog may have replaced it since. */
static void apply_again(void)
{
    const uint8_t *action = device.reply + HEADER_BYTES + 1 + TICKS_BYTES;
    for (uint16_t i = 0; i < HIL_OUTPUTS; i++)
        device.applied[i] = read_number(action + i * HIL_NUMBER_BYTES);
    apply();
}

static void take_request(uint16_t size)
{
    const uint8_t type = device.request[1];
    const uint16_t session = read_16(device.request + 2), sequence = read_16(device.request + 4);
    const uint8_t status = check(type, (uint16_t)(size - HEADER_BYTES), session);
    const uint16_t ahead = (uint16_t)(sequence - device.sequence);
    if (status == OK && session == device.session && session != 0 && ahead >= 0x8000u) {
        device.counts[STALE]++;
        return;
    }
    if (status == OK && was_answered()) {
        device.counts[REPEATED]++;
        if (type == STEP)
            apply_again();
    } else if (status == OK) {
        device.session = type == RESET ? device.session : session;
        device.sequence = sequence;
        start_reply(status);
        answer(type, device.request + HEADER_BYTES);
    } else {
        device.counts[REFUSED]++;
        start_reply(status);
    }
    send_reply(type);
    if (status == OK && type == RESET)
        board_reset();
}

void hil_start(void)
{
    for (uint8_t i = 0; i < COUNTS; i++)
        device.counts[i] = 0;
    device.receiver.body = device.request;
    device.receiver.capacity = REQUEST_BYTES;
    hil_receiver_clear(&device.receiver);
    device.session = 0;
    device.sequence = 0;
    device.reply[1] = 0; /* no reply yet */
    device.weight = HIL_WEIGHT;
    device.faults = (uint16_t)HIL_SELFTEST();
    apply_safe();
}

void hil_receive(uint8_t byte)
{
    const int size = hil_receive_byte(&device.receiver, byte);
    if (size == HIL_NOTHING)
        return;
    if (size < HEADER_BYTES) {
        device.counts[BAD_FRAMES]++;
        return;
    }
    device.counts[FRAMES]++;
    take_request((uint16_t)size);
}

void hil_watch(void)
{
    if (BOARD_TICKS_HZ == 0 || device.is_safe)
        return;
    if (board_ticks() - device.last_step_ticks > WATCHDOG_TICKS) {
        device.counts[TIMEOUTS]++;
        apply_safe();
    }
}
