/* An AVR in simavr that is spoken to through its first serial line.
 *
 * Compiled where simavr is installed, against its own headers. */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

/* No faster than the sketch's interrupt takes bytes in: 40,000 a second. */
enum { BYTE_CYCLES = 400 };

typedef struct {
    uint8_t *bytes;
    uint32_t count, most;
} serial_line;

static serial_line line;

avr_t *board_open(const char *program, const char *mcu);
uint32_t board_talk(avr_t *avr, const uint8_t *sent, uint32_t sent_count, uint8_t *answer,
        uint32_t answer_count, uint64_t most_cycles);

static void say_nothing(avr_t *avr, const int level, const char *format, va_list values)
{
    (void)avr, (void)level, (void)format, (void)values;
}

static void on_byte(struct avr_irq_t *irq, uint32_t value, void *unused)
{
    (void)irq, (void)unused;
    if (line.count < line.most)
        line.bytes[line.count++] = (uint8_t)value;
}

static avr_irq_t *irq_of(avr_t *avr, int number)
{
    return avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), number);
}

avr_t *board_open(const char *program, const char *mcu)
{
    elf_firmware_t firmware;
    uint32_t flags = 0;
    avr_t *avr = avr_make_mcu_by_name(mcu);
    avr_global_logger_set(say_nothing);
    memset(&firmware, 0, sizeof firmware);
    if (avr == 0 || elf_read_firmware(program, &firmware) != 0)
        return 0;
    avr_init(avr);
    avr->log = LOG_NONE;
    avr->frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(irq_of(avr, UART_IRQ_OUTPUT), on_byte, 0);
    return avr;
}

/* Sends bytes, and runs until so many came back; gives how many did. */
uint32_t board_talk(avr_t *avr, const uint8_t *sent, uint32_t sent_count, uint8_t *answer,
        uint32_t answer_count, uint64_t most_cycles)
{
    const uint64_t end = avr->cycle + most_cycles;
    uint64_t due = avr->cycle;
    uint32_t next = 0;
    int state = cpu_Running;
    line.bytes = answer, line.count = 0, line.most = answer_count;
    while (line.count < answer_count && avr->cycle < end && state != cpu_Done
            && state != cpu_Crashed) {
        if (next < sent_count && avr->cycle >= due) {
            avr_raise_irq(irq_of(avr, UART_IRQ_INPUT), sent[next++]);
            due = avr->cycle + BYTE_CYCLES;
        }
        state = avr_run(avr);
    }
    return line.count;
}
