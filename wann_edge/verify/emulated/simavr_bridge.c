/* A bridge from Python to simavr: calls single functions of a program on an ATmega328P.
 *
 * Compiled against the installed simavr's headers, because its structures change between
 * releases. Addresses are those of the data space: registers first, then RAM.
 */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <simavr/sim_elf.h>

#include "simavr_bridge.h"

/* A call returns to the last word of the 32 KiB of flash, which holds no function. */
enum { STACK_POINTER = 0x5d, STOP = 0x7ffe };

avr_t *bridge_open(const char *path);
void bridge_write(avr_t *avr, uint32_t address, const uint8_t *bytes, uint32_t count);
void bridge_read(const avr_t *avr, uint32_t address, uint8_t *bytes, uint32_t count);
uint32_t bridge_ram_end(const avr_t *avr);
call_result bridge_call(avr_t *avr, uint32_t function, uint64_t most_cycles);

static void say_nothing(avr_t *avr, const int level, const char *format, va_list values)
{
    (void)avr, (void)level, (void)format, (void)values;
}

avr_t *bridge_open(const char *path)
{
    elf_firmware_t firmware;
    avr_t *avr;
    avr_global_logger_set(say_nothing);
    avr = avr_make_mcu_by_name("atmega328p");
    memset(&firmware, 0, sizeof firmware);
    if (avr == 0 || elf_read_firmware(path, &firmware) != 0)
        return 0;
    avr_init(avr);
    avr->log = LOG_NONE;
    avr->frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    return avr;
}

void bridge_write(avr_t *avr, uint32_t address, const uint8_t *bytes, uint32_t count)
{
    memcpy(avr->data + address, bytes, count);
}

void bridge_read(const avr_t *avr, uint32_t address, uint8_t *bytes, uint32_t count)
{
    memcpy(bytes, avr->data + address, count);
}

uint32_t bridge_ram_end(const avr_t *avr)
{
    return avr->ramend;
}

static uint32_t stack_of(const avr_t *avr)
{
    return avr->data[STACK_POINTER] | (uint32_t)avr->data[STACK_POINTER + 1] << 8;
}

/* Runs a function, given by its byte address, until it returns. */
call_result bridge_call(avr_t *avr, uint32_t function, uint64_t most_cycles)
{
    const uint32_t top = avr->ramend - 2;
    call_result result = {0, 0, top, 0};
    const uint64_t start = avr->cycle;
    avr->data[avr->ramend] = (uint8_t)(STOP / 2);
    avr->data[avr->ramend - 1] = (uint8_t)(STOP / 2 >> 8);
    avr->data[1] = 0;  /* compiled code expects 0 in r1 */
    avr->data[STACK_POINTER] = (uint8_t)top;
    avr->data[STACK_POINTER + 1] = (uint8_t)(top >> 8);
    avr->state = cpu_Running;
    avr->pc = function;
    while (avr->state == cpu_Running && avr->cycle - start < most_cycles) {
        avr->pc = avr_run_one(avr);
        result.instructions++;
        if (stack_of(avr) < result.lowest_stack)
            result.lowest_stack = stack_of(avr);
        if (avr->pc == STOP) {
            result.came_back = 1;
            break;
        }
    }
    result.cycles = avr->cycle - start;
    return result;
}
