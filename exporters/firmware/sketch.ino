// A device for wann-edge's hardware in the loop on any Arduino core: 115200 baud on Serial.
#include "board.h"
#include "hil_device.h"

#if defined(__AVR__)
#include <avr/interrupt.h>
#include <avr/sleep.h>
#endif

void board_init(void)
{
    Serial.begin(115200);
}

int board_read(void)
{
    return Serial.read();
}

void board_write(uint8_t byte)
{
    Serial.write(byte);
}

uint32_t board_ticks(void)
{
    return micros();
}

// Any interrupt ends the sleep: a received byte, or the clock of micros().
void board_wait(void)
{
#if defined(__AVR__)
    set_sleep_mode(SLEEP_MODE_IDLE);
    cli();
    if (Serial.available()) {
        sei();
        return;
    }
    sleep_enable();
    sei(); // takes effect after the next instruction
    sleep_cpu();
    sleep_disable();
#elif defined(__arm__)
    __asm volatile("wfi");
#else
    yield();
#endif
}

void board_reset(void)
{
    Serial.flush();
#if defined(__AVR__)
    cli();
    __asm volatile("jmp 0");
#elif defined(__arm__)
    NVIC_SystemReset();
#elif defined(ESP8266) || defined(ESP32)
    ESP.restart();
#else
    hil_start();
#endif
}

// The actuators: fill this function.
void board_apply(const hil_number action[HIL_OUTPUTS])
{
    (void)action;
}

void setup()
{
    board_init();
    hil_start();
}

void loop()
{
    const int byte = board_read();
    if (byte >= 0)
        hil_receive((uint8_t)byte);
    else
        board_wait();
    hil_watch();
}
